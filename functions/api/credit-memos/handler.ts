import { access, answeringDeps, legalEntities, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { creditMemoRoutes } from './routes.ts';

export const handler = creditMemoRoutes({
  ...answeringDeps(),
  door: keyDoor(access(), system.now),
  sellers: legalEntities(),
});
