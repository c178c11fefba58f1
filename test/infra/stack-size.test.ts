import { describe, expect, test } from 'vitest';
import { routes } from '../../infra/routes.ts';
import type { Template } from '../../local/assembly/template.ts';
import { assembled, resourcesOf, synthesized, type Templates, valueAt } from './synthesized.ts';

/** CloudFormation takes 500 resources and 200 outputs in a stack: what comes near has to be cut in time (docs/decisions/0028-api-stack.md). */
const MOST_RESOURCES = 450;
const MOST_OUTPUTS = 180;
/** API Gateway's quota for an HTTP API, which an account may ask to have raised: nobody should have to. */
const MOST_ROUTES = 300;

const variants: [string, () => Promise<Templates>][] = [
  ['as it comes', assembled],
  ['with all that can be chosen', () => synthesized('everything')],
];

function importedBy(template: Template): Set<string> {
  const names = new Set<string>();
  JSON.stringify(template, (key, value: unknown) => {
    if (key === 'Fn::ImportValue') names.add(String(value));
    return value;
  });
  return names;
}

const exportedBy = (template: Template) =>
  new Set(
    Object.values(template.Outputs)
      .map((each) => valueAt(each, 'Export', 'Name'))
      .filter((name) => name !== undefined)
      .map(String),
  );

describe.each(variants)('%s', (_, templates) => {
  test('every stack has room to grow', async () => {
    const { data, application, api } = await templates();
    for (const [name, template] of Object.entries({ data, application, api })) {
      const sizes = [Object.keys(template.Resources).length, Object.keys(template.Outputs).length] as const;
      expect(sizes[0], `resources of the stack ${name}`).toBeGreaterThan(0);
      expect(sizes[0], `resources of the stack ${name}`).toBeLessThan(MOST_RESOURCES);
      expect(sizes[1], `outputs of the stack ${name}`).toBeLessThan(MOST_OUTPUTS);
    }
    expect(routes.length).toBeLessThan(MOST_ROUTES);
  });

  test('the API is in its own stack, which imports of the application only; nothing imports of it', async () => {
    const { data, application, api } = await templates();
    for (const template of [data, application]) {
      const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
      expect([...types].filter((type) => type.startsWith('AWS::ApiGatewayV2::'))).toEqual([]);
    }
    expect(resourcesOf(api, 'AWS::ApiGatewayV2::Route').length).toBe(routes.length);
    expect(importedBy(api).size).toBeGreaterThan(0);
    for (const name of importedBy(api)) expect(exportedBy(application)).toContain(name);
    for (const name of importedBy(application)) expect(exportedBy(data)).toContain(name);
    expect(exportedBy(api).size).toBe(0);
  });

  test('each function of the API may be called by this API alone', async () => {
    const { application, api } = await templates();
    const [[gateway] = []] = resourcesOf(api, 'AWS::ApiGatewayV2::Api');
    const permissions = resourcesOf(api, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(permissions.length).toBe(new Set(routes.map(({ group }) => group)).size);
    for (const { Principal, SourceArn } of permissions) {
      expect(Principal).toBe('apigateway.amazonaws.com');
      expect(JSON.stringify(SourceArn)).toContain(`{"Ref":"${gateway}"},"/*/*"`);
    }
    const ofGateways = resourcesOf(application, 'AWS::Lambda::Permission').filter(
      ([, { Properties }]) => Properties.Principal === 'apigateway.amazonaws.com',
    );
    expect(ofGateways).toEqual([]);
  });
});
