import { randomBytes } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { System } from '../ports/system.ts';

/** UUIDv7 (RFC 9562): 48 bits of milliseconds, then chance. Hex without dashes. */
function uuidV7Hex(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex');
}

/** The real thing: the wall clock and real chance. */
export function realSystem(): System {
  const ulid = monotonicFactory();
  return {
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: () => Math.random(),
    eventId: () => `evt_${uuidV7Hex(Date.now())}`,
    ulid: () => ulid(Date.now()),
  };
}
