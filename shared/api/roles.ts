import type { CommandType } from '../domain/commands.ts';
import { allowedRoles } from '../domain/decide.ts';
import { type ApiRole, everybody } from '../runtime/contract.ts';

/** The API keys that may issue a command: the domain's own table, so that the two cannot differ. */
export const rolesFor = (command: CommandType): readonly ApiRole[] =>
  [...everybody, 'finance' as const].filter((role) => allowedRoles[command].includes(role));
