import { access, legalEntities, system, taxes, taxTables } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { taxRoutes } from './routes.ts';

export const handler = taxRoutes({
  door: keyDoor(access(), system.now),
  tables: taxTables(),
  taxes: taxes(),
  sellers: legalEntities(),
  system,
});
