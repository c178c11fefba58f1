import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { access, feeds, stockStore, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { machineArns } from '../../../shared/runtime/workflow-env.ts';
import { feedRoutes } from './routes.ts';

const cursors = access();

export const handler = feedRoutes({
  door: keyDoor(cursors, system.now),
  feeds: feeds(),
  stock: stockStore(),
  cursors,
  system,
  start: stepFunctionsStarter(machineArns()),
});
