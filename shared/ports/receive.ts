/**
 * Which receive of which message of a queue a worker is in. Of two receives of one message the later one comes after the worker of the earlier
 * one has ended, died or run out of time: a message is hidden for longer than a function may run.
 */
export interface Receive {
  messageId: string;
  /** 1 at the first delivery. */
  receiveCount: number;
}
