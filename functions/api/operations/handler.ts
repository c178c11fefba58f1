import { stepFunctionsStarter } from '../../../shared/adapters/step-functions.ts';
import { access, inventory, operations, outages, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { machineArns } from '../../../shared/runtime/workflow-env.ts';
import { operationRoutes } from './routes.ts';

export const handler = operationRoutes({
  door: keyDoor(access(), system.now),
  inventory: inventory(),
  operations: operations(),
  outages: outages(),
  system,
  start: stepFunctionsStarter(machineArns()),
});
