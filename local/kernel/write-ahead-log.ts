import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * What SQLite passes over in silence: it takes a write-ahead log as far as its checksums are right, and forgets the rest. That is right for the
 * one group that was being written when the power failed, and silent loss for anything more.
 * Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
export type LogState =
  /** No file, or an empty one. */
  | 'missing'
  /** Its header is not SQLite's: nothing of it would be read. */
  | 'unreadable'
  /** Frames that were acknowledged come after one that is damaged. */
  | 'broken'
  | 'sound';

const HEADER = 32;
const FRAME_HEADER = 24;
/** The last bit says in which byte order the checksums are computed. */
const MAGIC = 0x377f0682;

/** Reads the log before SQLite does. What another process is writing just now counts as sound: its lock will tell. */
export function inspectLog(file: string): LogState {
  for (let attempt = 0; attempt < 3; attempt++) {
    const read = readLog(file);
    if (!read) return 'missing';
    const state = stateOf(read.bytes);
    if (state === 'sound' || !read.changing()) return state;
  }
  return 'sound';
}

function readLog(file: string): { bytes: Buffer; changing: () => boolean } | undefined {
  const look = () => {
    const descriptor = openSync(file, 'r');
    try {
      const { size, mtimeNs } = fstatSync(descriptor, { bigint: true });
      return { version: `${size} ${mtimeNs}`, bytes: readFileSync(descriptor) };
    } finally {
      closeSync(descriptor);
    }
  };
  try {
    const { version, bytes } = look();
    return bytes.length === 0 ? undefined : { bytes, changing: () => look().version !== version };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function stateOf(log: Buffer): LogState {
  if (log.length < HEADER) return 'unreadable';
  const magic = log.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC) return 'unreadable';
  const littleEndian = (magic & 1) === 0;
  let sum = checksum(log, 0, 24, [0, 0], littleEndian);
  if (sum[0] !== log.readUInt32BE(24) || sum[1] !== log.readUInt32BE(28)) return 'unreadable';
  const pageSize = log.readUInt32BE(8);
  const frameSize = FRAME_HEADER + pageSize;

  let offset = HEADER;
  for (; offset + frameSize <= log.length && isOfThisLog(log, offset); offset += frameSize) {
    sum = checksum(log, offset, 8, sum, littleEndian);
    sum = checksum(log, offset + FRAME_HEADER, pageSize, sum, littleEndian);
    if (sum[0] !== log.readUInt32BE(offset + 16) || sum[1] !== log.readUInt32BE(offset + 20)) break;
  }
  // A group is written when the one before it is safe: the end of a second one here means that the first had been acknowledged.
  let ends = 0;
  for (; offset + FRAME_HEADER <= log.length; offset += frameSize) {
    if (isOfThisLog(log, offset) && isEndOfGroup(log, offset)) ends++;
  }
  return ends > 1 ? 'broken' : 'sound';
}

/** Frames of the time before the log was begun anew have other salts. */
const isOfThisLog = (log: Buffer, offset: number) => log.compare(log, 16, 24, offset + 8, offset + 16) === 0;

/** The last frame of a transaction holds the size of the database, all others zero. */
const isEndOfGroup = (log: Buffer, offset: number) => log.readUInt32BE(offset + 4) !== 0;

function checksum(
  log: Buffer,
  offset: number,
  length: number,
  [first, second]: [number, number],
  littleEndian: boolean,
): [number, number] {
  let [a, b] = [first, second];
  const view = new DataView(log.buffer, log.byteOffset + offset, length);
  for (let at = 0; at < length; at += 8) {
    a = (a + view.getUint32(at, littleEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, littleEndian) + a) >>> 0;
  }
  return [a, b];
}
