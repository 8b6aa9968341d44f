/** The connections of clients, and their names. */

export interface Client {
  readonly id: number
  readonly address: string
  readonly since: number
  name: string
}

export interface Clients {
  /** Null where there are as many as there may be. */
  readonly enter: (address: string) => Client | null
  readonly leave: (client: Client) => void
  readonly all: () => ReadonlyArray<Client>
  readonly count: () => number
}

export const clientsUpTo = (most: number): Clients => {
  const all = new Set<Client>()
  let entered = 0
  return {
    enter: (address) => {
      if (all.size >= most) return null
      entered += 1
      const client: Client = { id: entered, address, since: Date.now(), name: '' }
      all.add(client)
      return client
    },
    leave: (client) => void all.delete(client),
    all: () => [...all],
    count: () => all.size
  }
}
