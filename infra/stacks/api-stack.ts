import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { HttpRoutes } from '../constructs/http-routes.ts';
import { routes } from '../routes.ts';
import type { Settings } from '../settings.ts';
import type { ApplicationStack } from './application.ts';

interface ApiStackProps {
  settings: Settings;
  application: ApplicationStack;
}

/**
 * The HTTP API with its routes, integrations, permissions, access log and alarm. Apart from the application because each line of a
 * contract is one or two resources, and CloudFormation takes 500 in a stack: docs/decisions/0028-api-stack.md. It imports what the
 * application exports; the application knows nothing of it.
 */
export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, { settings, application }: ApiStackProps) {
    super(scope, id, { description: 'Batuta, an order management system: its HTTP API' });
    const { api } = new HttpRoutes(this, 'Http', {
      stage: settings.stage,
      routes,
      functionOf: (group) => application.functionOf(`api/${group}`),
      alarms: application.alarms,
    });
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
  }
}
