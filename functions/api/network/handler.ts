import { networkStore, system } from '../../../shared/runtime/dependencies.ts';
import { networkRoutes } from './routes.ts';

export const handler = networkRoutes({ network: networkStore(), system });
