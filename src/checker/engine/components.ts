/** The strongly connected components of a graph whose vertices are the numbers below `size`; what a component leads to comes before it. */
export const components = (
  size: number,
  next: (vertex: number) => ReadonlyArray<number>
): ReadonlyArray<ReadonlyArray<number>> => {
  const found: number[][] = []
  /** The order in which vertices were met, from 1; the least met that a vertex reaches on the stack. [Tarjan72] */
  const met = new Int32Array(size)
  const low = new Int32Array(size)
  const isOpen = new Uint8Array(size)
  const open: number[] = []
  let count = 0
  const enter = (vertex: number) => {
    met[vertex] = low[vertex] = ++count
    isOpen[vertex] = 1
    open.push(vertex)
    return { vertex, ways: next(vertex), at: 0 }
  }
  for (let root = 0; root < size; root++) {
    if (met[root] !== 0) continue
    const path = [enter(root)]
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const { vertex, ways } = here
      if (here.at < ways.length) {
        const to = ways[here.at++]!
        if (met[to] === 0) path.push(enter(to))
        else if (isOpen[to] === 1) low[vertex] = Math.min(low[vertex]!, met[to]!)
        continue
      }
      path.pop()
      const before = path.at(-1)
      if (before !== undefined) low[before.vertex] = Math.min(low[before.vertex]!, low[vertex]!)
      if (low[vertex] !== met[vertex]) continue
      const members = open.splice(open.indexOf(vertex))
      for (const member of members) isOpen[member] = 0
      found.push(members)
    }
  }
  return found
}
