import type { Guarded } from '../../../shared/runtime/door.ts';
import { type ApiHandler, defineRoutes } from '../../../shared/runtime/route.ts';
import { webhookContracts } from './contract.ts';
import {
  createEndpoint,
  deleteEndpoint,
  getEndpoint,
  listDeliveries,
  listEndpoints,
  type WebhooksDeps,
} from './webhooks.ts';

/** The routes of webhook endpoints over injected ports. */
export const webhookRoutes = (deps: WebhooksDeps & Guarded): ApiHandler =>
  defineRoutes(webhookContracts, deps.door, {
    createWebhookEndpoint: (request) => createEndpoint(deps, request),
    listWebhookEndpoints: () => listEndpoints(deps),
    getWebhookEndpoint: (request) => getEndpoint(deps, request),
    deleteWebhookEndpoint: (request) => deleteEndpoint(deps, request),
    listWebhookDeliveries: (request) => listDeliveries(deps, request),
  });
