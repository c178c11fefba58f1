import type { EventData, EventType, NewEvent, SecretOf } from './events.ts';

/** Builds an event with its type and data checked against each other. */
export const eventOf = <T extends EventType>(type: T, data: EventData<T>, secret?: SecretOf<T>): NewEvent =>
  ({ type, data, ...(secret ? { secret } : {}) }) as NewEvent;
