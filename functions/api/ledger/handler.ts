import { access, accountCodes, ledgerReader, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { ledgerRoutes } from './routes.ts';

const cursors = access();

export const handler = ledgerRoutes({
  door: keyDoor(cursors, system.now),
  ledger: ledgerReader(),
  codes: accountCodes(),
  cursors,
  system,
});
