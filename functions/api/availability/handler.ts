import { access, networkStore, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { availabilityRoutes } from './routes.ts';

export const handler = availabilityRoutes({
  door: keyDoor(access(), system.now),
  network: networkStore(),
  // No source of postal codes yet: places are told by coordinates, others are refused as unknown.
  geocoder: { locate: async () => undefined },
  system,
});
