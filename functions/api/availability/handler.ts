import { PostalGeocoder } from '../../../shared/adapters/geocoding/postal-geocoder.ts';
import { access, networkReader, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { availabilityRoutes } from './routes.ts';

export const handler = availabilityRoutes({
  door: keyDoor(access(), system.now),
  network: networkReader(),
  geocoder: new PostalGeocoder(),
  system,
});
