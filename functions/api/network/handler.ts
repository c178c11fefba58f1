import { access, legalEntityStore, logos, networkStore, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { networkRoutes } from './routes.ts';

export const handler = networkRoutes({
  door: keyDoor(access(), system.now),
  network: networkStore(),
  entities: legalEntityStore(),
  logos: logos(),
  system,
});
