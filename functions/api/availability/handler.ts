import { PostalGeocoder } from '../../../shared/adapters/geocoding/postal-geocoder.ts';
import { access, networkStore, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { availabilityRoutes } from './routes.ts';

export const handler = availabilityRoutes({
  door: keyDoor(access(), system.now),
  network: networkStore(),
  geocoder: new PostalGeocoder(),
  system,
});
