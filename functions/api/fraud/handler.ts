import { access, fraudSettings, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { fraudRoutes } from './routes.ts';

const cursors = access();

export const handler = fraudRoutes({ door: keyDoor(cursors, system.now), fraud: fraudSettings(), cursors, system });
