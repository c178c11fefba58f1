import {
  access,
  answeringDeps,
  paymentProviders,
  paymentWebhooks,
  system,
} from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { paymentRoutes } from './routes.ts';

const deps = answeringDeps();

export const handler = paymentRoutes({
  ...deps,
  door: keyDoor(access(), system.now),
  payments: paymentProviders(),
  idempotency: deps.orders,
  webhooks: paymentWebhooks(),
});
