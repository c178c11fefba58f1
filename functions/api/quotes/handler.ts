import {
  access,
  backorders,
  executeDeps,
  geocoder,
  networkStore,
  placingDeps,
} from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { quoteRoutes } from './routes.ts';

const { system, policy } = executeDeps();

export const handler = quoteRoutes({
  door: keyDoor(access(), system.now),
  network: networkStore(),
  kits: placingDeps().kits,
  geocoder: geocoder(),
  backorders: backorders(),
  system,
  policy,
});
