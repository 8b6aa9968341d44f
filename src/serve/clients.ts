/** The connections of clients, and their names. */

export interface Client {
  readonly id: number
  readonly address: string
  readonly since: number
  name: string
}

export interface Clients {
  /**
   * Null where there are as many as there may be. But one that has not said a word makes room, the oldest first: a client
   * has something to say, so it gets in through a flood of connections that only sit there.
   *
   * @param cut ends the connection; then it leaves
   */
  readonly enter: (address: string, cut: () => void) => Client | null
  /** It has said something. */
  readonly spoke: (client: Client) => void
  readonly leave: (client: Client) => void
  readonly all: () => ReadonlyArray<Client>
  readonly count: () => number
}

export const clientsUpTo = (most: number): Clients => {
  const all = new Set<Client>()
  const silent = new Map<Client, () => void>()
  let entered = 0
  const leave = (client: Client): void => {
    all.delete(client)
    silent.delete(client)
  }
  return {
    enter: (address, cut) => {
      const [oldest] = silent
      if (all.size >= most && oldest !== undefined) {
        // It may be told of its end only later, and must not take a place until then.
        leave(oldest[0])
        oldest[1]()
      }
      if (all.size >= most) return null
      entered += 1
      const client: Client = { id: entered, address, since: Date.now(), name: '' }
      all.add(client)
      silent.set(client, cut)
      return client
    },
    spoke: (client) => void silent.delete(client),
    leave,
    all: () => [...all],
    count: () => all.size
  }
}
