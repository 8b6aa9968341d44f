/** What servers and clients say to each other is what they say in primary-backup replication. */
export { Message, Request, Response } from '../primary-backup/index.ts'
