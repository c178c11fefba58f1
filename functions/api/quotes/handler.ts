import {
  access,
  backorders,
  geocoder,
  networkStore,
  orderPolicy,
  placingDeps,
  system,
} from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { quoteRoutes } from './routes.ts';

export const handler = quoteRoutes({
  door: keyDoor(access(), system.now),
  network: networkStore(),
  kits: placingDeps().kits,
  geocoder: geocoder(),
  backorders: backorders(),
  system,
  policy: orderPolicy(),
});
