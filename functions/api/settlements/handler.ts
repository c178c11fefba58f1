import { access, settlementDeps, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { settlementRoutes } from './routes.ts';

const cursors = access();

export const handler = settlementRoutes({ ...settlementDeps(), door: keyDoor(cursors, system.now), cursors, system });
