import { resolve } from 'node:path';

/** Why a data directory cannot be worked with, in words for the person whose shop it is. */
export class DataDirectoryError extends Error {
  override readonly name: string = 'DataDirectoryError';
}

/** A data directory that another process works in. */
export class DataDirectoryInUse extends DataDirectoryError {
  override readonly name = 'DataDirectoryInUse';

  constructor(directory: string) {
    super(
      `The data directory ${resolve(directory)} is in use by another process: stop that one, or choose another directory with --data.`,
    );
  }
}

/** SQLite's result codes (the low byte of its extended ones) that say something of the disk or the file, not of the statement. */
const BUSY = 5;
const OUT_OF_MEMORY = 7;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** After one of these nothing can be trusted to be written any more; a failed constraint, for example, is none. */
const FATAL = [OUT_OF_MEMORY, READ_ONLY, IO_ERROR, CORRUPT, FULL, CANNOT_OPEN, NOT_A_DATABASE];

export function isFailureOfStorage(error: unknown): boolean {
  return error instanceof DataDirectoryError || FATAL.includes(sqliteCode(error) ?? 0);
}

/** @returns the failure in a shop owner's words; anything that says nothing of the disk or the file as it came */
export function explainFailure(directory: string, error: unknown): unknown {
  if (error instanceof DataDirectoryError) return error;
  if (sqliteCode(error) === BUSY) return new DataDirectoryInUse(directory);
  const text = explanation(resolve(directory), error);
  return text ? new DataDirectoryError(text, { cause: error }) : error;
}

export function damaged(directory: string, what: string): DataDirectoryError {
  return new DataDirectoryError(
    `The data directory ${resolve(directory)} is damaged: ${what}. Batuta does not work with a part of your data. Keep the directory as it is, and restore ` +
      'your last backup into a new one: npm run restore -- --from FILE --data NEW_DIRECTORY',
  );
}

function explanation(directory: string, error: unknown): string | undefined {
  const why = error instanceof Error ? error.message : String(error);
  switch (sqliteCode(error) ?? systemCode(error)) {
    case FULL:
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk of the data directory ${directory} is full, so Batuta has stopped: what it cannot write it does not accept. Nothing that was acknowledged is lost. Free some space and start it again: everything goes on.`;
    case READ_ONLY:
    case CANNOT_OPEN:
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `The data directory ${directory} cannot be written (${why}): let the user who runs Batuta write there, or choose another directory with --data.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${directory} is no directory: choose another one with --data.`;
    case CORRUPT:
    case NOT_A_DATABASE:
      return damaged(directory, `cloud.sqlite cannot be read (${why})`).message;
    case IO_ERROR:
    case 'EIO':
      return `The disk of the data directory ${directory} failed (${why}), so Batuta has stopped: what is not safe on disk it does not acknowledge. Check the disk and start it again: everything goes on. If it fails again, restore your last backup on another disk.`;
    case OUT_OF_MEMORY:
      return `There was not enough memory to go on (${why}), so Batuta has stopped. Nothing that was acknowledged is lost. Start it again: everything goes on.`;
    default:
      // A file system's refusal of any other kind has a `syscall`.
      return error instanceof Error && 'syscall' in error && 'path' in error
        ? `The data directory ${directory} cannot be used (${why}): choose another one with --data.`
        : undefined;
  }
}

function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
