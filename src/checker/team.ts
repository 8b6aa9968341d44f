/** Threads that check one model together: what those who start them need. */
export { mostThreads, renewed, sharedMemory, Team, TooLate, type SharedMemory } from './engine/team.ts'
export { Pace } from './pace.ts'
