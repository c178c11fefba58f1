import { access, cartHolds, networkReader, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { cartHoldRoutes } from './routes.ts';

export const handler = cartHoldRoutes({
  door: keyDoor(access(), system.now),
  holds: cartHolds(),
  network: networkReader(),
  system,
});
