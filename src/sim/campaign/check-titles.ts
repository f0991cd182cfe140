/** Everything that a run is judged by, in a few words. What each means exactly is in docs/simulator.md. */
export const checkTitles = {
  I1: 'durable: an OK means that qlink has it on its disk',
  I2: 'authority: one acknowledged source, nothing after a seal',
  I3: 'complete before open: a new master has all of the log',
  I4: 'no resurrection: who serves is a prefix of one history',
  I5: 'monotonic: epochs never go back',
  I6: 'no qlink, no failover: writes open only in an open epoch',
  I7: 'bounded: what the shadow lacks at a seal has a limit',
  roles: 'one node for each role',
  reads: 'a read from the master sees what was acknowledged before',
  liveness: 'after healing there is a master that takes writes',
  convergence: 'after healing all nodes have one history',
  RPO: 'no acknowledged write is lost',
  duplicates: 'no write is there twice',
  phantom: 'no write that certainly failed is there',
  assertion: 'no machine contradicts itself',
} as const
