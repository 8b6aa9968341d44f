/** Threads that check one model together: what those who start them need. */
export { clear, mostThreads, sharedMemory, Team, type SharedMemory } from './engine/team.ts'
