// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders.
import { expect, test } from 'vitest';
import { readAssembly } from '../../../../local/assembly/assembly.ts';
import { assemblyFiles, directoryOf, provisionStacks, resolved } from './assembly-for-tests.ts';

const thing = (Properties: object = {}, more: object = {}) => ({ Type: 'Test::Thing', Properties, ...more });

test.each<[string, unknown, unknown]>([
  ['Ref of a resource', { Ref: 'Other' }, 'ref-Other'],
  [
    'Ref of pseudo parameters',
    [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::Partition' }, { Ref: 'AWS::StackName' }],
    ['us-east-1', '000000000000', 'aws', 'S'],
  ],
  [
    'Fn::GetAtt as list and as text',
    [{ 'Fn::GetAtt': ['Other', 'Arn'] }, { 'Fn::GetAtt': 'Other.Dotted.Name' }],
    ['arn:S:Other', 'd'],
  ],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Other' }, 3]] }, 'a-ref-Other-3'],
  [
    'Fn::Sub with a string',
    { 'Fn::Sub': 'x-${AWS::Region}-${Other}-${Other.Arn}-${!Literal}' },
    'x-us-east-1-ref-Other-arn:S:Other-${Literal}',
  ],
  [
    'Fn::Sub with a map',
    { 'Fn::Sub': ['${Own}/${Other}', { Own: { 'Fn::GetAtt': ['Other', 'Arn'] } }] },
    'arn:S:Other/ref-Other',
  ],
  [
    'Fn::Select of Fn::Split',
    { 'Fn::Select': [2, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Other', 'Arn'] }] }] },
    'Other',
  ],
  ['Fn::If, either way', [{ 'Fn::If': ['Yes', 'a', 'b'] }, { 'Fn::If': ['No', { Ref: 'Nowhere' }, 'b'] }], ['a', 'b']],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'Memory'] }, 256],
  ['AWS::NoValue in a list', ['a', { Ref: 'AWS::NoValue' }, { 'Fn::If': ['No', 'x', { Ref: 'AWS::NoValue' }] }], ['a']],
  ['a list parameter', { 'Fn::Join': ['+', { Ref: 'Zones' }] }, 'a+b'],
  [
    'plain values of any depth',
    { a: [1, true, null, { b: 'c' }], Ref: 'x', other: 1 },
    { a: [1, true, null, { b: 'c' }], Ref: 'x', other: 1 },
  ],
])('%s resolves', async (_, value, expected) => {
  const sections = {
    Parameters: { Stage: { Type: 'String', Default: 'dev' }, Zones: { Type: 'CommaDelimitedList', Default: 'a, b' } },
    Mappings: { Sizes: { dev: { Memory: 256 } } },
    Conditions: {
      Yes: { 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { Condition: 'IsDev' }] },
      IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
      No: { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Not': [{ Condition: 'IsDev' }] }] },
    },
  };
  expect(await resolved({ Value: value, Map: { x: value } }, sections)).toEqual({
    Value: expected,
    Map: { x: expected },
  });
});

test('AWS::NoValue as a property leaves it out', async () => {
  expect(await resolved({ Value: { Ref: 'AWS::NoValue' }, Name: 'n' })).toEqual({ Name: 'n' });
});

test.each<[string, unknown, RegExp]>([
  [
    'an unknown function',
    { 'Fn::Cidr': [] },
    /^Stack S, resource Mine, Properties.Value.deep.1: unknown intrinsic function Fn::Cidr$/,
  ],
  ['a function that objects inherit', { 'Fn::constructor': [] }, /unknown intrinsic function/],
  ['a Ref to nothing', { Ref: 'Nowhere' }, /Ref Nowhere is no/],
  ['a Ref to something objects inherit', { Ref: 'constructor' }, /Ref constructor is no/],
  ['an attribute that there is not', { 'Fn::GetAtt': ['Other', 'Url'] }, /Other has no attribute Url/],
  ['an inherited attribute', { 'Fn::GetAtt': ['Other', 'constructor'] }, /no attribute constructor/],
  ['an import that nobody exports', { 'Fn::ImportValue': 'nothing' }, /no stack before this one exports nothing/],
  ['a function beside other keys', { 'Fn::Join': ['', []], Extra: 1 }, /stands beside other keys/],
  ['malformed arguments', { 'Fn::Join': 'x' }, /Fn::Join takes two values/],
  ['an index that there is not', { 'Fn::Select': [5, ['a']] }, /no element 5/],
  ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, /no condition Nope/],
  ['a dynamic reference', '{{resolve:ssm:/a/b}}', /dynamic reference/],
])('%s is refused, naming its place', async (_, value, message) => {
  await expect(resolved({ Value: { deep: ['ok', value] } })).rejects.toThrow(message);
});

test.each<[string, object, RegExp]>([
  [
    'a resource type',
    { Resources: { X: { Type: 'AWS::EC2::Instance' } } },
    /Stack S, resource X: resource type AWS::EC2::Instance is not supported/,
  ],
  ['a resource attribute', { Resources: { X: thing({}, { CreationPolicy: {} }) } }, /CreationPolicy/],
  ['a section', { Transform: 'AWS::Serverless' }, /Transform/],
  ['a rule', { Rules: { Mine: {} } }, /Mine/],
  [
    'a condition function',
    { Conditions: { A: { 'Fn::Contains': [] } }, Resources: { X: thing({}, { Condition: 'A' }) } },
    /unknown condition function Fn::Contains/,
  ],
  [
    'a condition that needs itself',
    { Conditions: { A: { 'Fn::Not': [{ Condition: 'A' }] } }, Resources: { X: thing({}, { Condition: 'A' }) } },
    /depends on itself/,
  ],
  ['a parameter type', { Parameters: { P: { Type: 'AWS::EC2::Image::Id', Default: 'x' } } }, /unknown parameter type/],
  [
    'a circle',
    { Resources: { A: thing({ Value: { Ref: 'B' } }), B: thing({}, { DependsOn: 'A' }) } },
    /circular dependency: A -> B -> A/,
  ],
  ['a failing handler', { Resources: { X: thing({ Name: 'broken' }) } }, /Stack S, resource X: this thing is broken/],
])('%s that is not honored is refused', async (_, sections, message) => {
  await expect(resolved({}, sections)).rejects.toThrow(message);
});

test.each<[object, string | undefined]>([
  [{ Name: 'n', Tags: [{ Key: 'a' }], Nested: { one: { Kept: { deep: 1 } } }, Map: { a: 1, 'b.c': {} } }, undefined],
  [{ Nested: [{ Kept: 1 }, {}] }, undefined],
  [{ Nmae: 'typo' }, 'Properties.Nmae: Test::Thing: this property is not supported'],
  [{ Nested: { one: { Lost: 1 } } }, 'Properties.Nested.one.Lost'],
  [{ Nested: 'text' }, 'Properties.Nested: Test::Thing: expected an object'],
])('of %j the handler’s properties are checked', async (properties, refusal) => {
  if (refusal) await expect(resolved(properties)).rejects.toThrow(refusal);
  else expect(await resolved(properties)).toEqual(properties);
});

test('resources come after what they refer to, by any function and by DependsOn', async () => {
  const { made } = await provisionStacks({
    S: {
      template: {
        Resources: {
          A: thing({ Value: { 'Fn::Sub': '${B.Arn}' } }),
          B: thing({ Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['C', 'Arn'] }]] } }),
          C: thing({}, { DependsOn: ['D'] }),
          D: thing(),
        },
      },
    },
  });
  expect(made.map(({ logicalId }) => logicalId)).toEqual(['D', 'C', 'B', 'A']);
});

test('a resource whose condition is false is not there', async () => {
  const sections = {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: {
      Absent: thing({}, { Condition: 'Never' }),
      Absent2: thing({ Value: { Ref: 'Absent' } }, { Condition: 'Never' }),
    },
    Outputs: { Gone: { Value: { Ref: 'Absent' }, Condition: 'Never' } },
  };
  expect(await resolved({ Name: 'here' }, sections)).toEqual({ Name: 'here' });
  await expect(resolved({ Value: { Ref: 'Absent' } }, sections)).rejects.toThrow(/Ref Absent/);
});

test('parameters take their default or the value given, within their constraints', async () => {
  const Parameters = {
    Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'] },
    Size: { Type: 'Number', Default: 5, MaxValue: 10 },
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
  };
  const properties = { Value: [{ Ref: 'Stage' }, { Ref: 'Size' }] };
  expect(await resolved(properties, { Parameters })).toEqual({ Value: ['dev', '5'] });
  expect(await resolved(properties, { Parameters }, { Stage: 'prod', Size: '7' })).toEqual({ Value: ['prod', '7'] });
  await expect(resolved(properties, { Parameters }, { Stage: 'test' })).rejects.toThrow(
    /Parameters.Stage: "test" is none of dev, prod/,
  );
  await expect(resolved(properties, { Parameters }, { Size: '11' })).rejects.toThrow(/out of range/);
  await expect(resolved(properties, { Parameters }, { Sise: '1' })).rejects.toThrow('No stack has a parameter Sise');
  await expect(resolved({}, { Parameters: { Key: { Type: 'String' } } })).rejects.toThrow(
    /Parameters.Key: has no default/,
  );
  await expect(resolved({ Value: { Ref: 'BootstrapVersion' } }, { Parameters })).rejects.toThrow(
    /Ref BootstrapVersion/,
  );
});

test('a stack uses what another exports, whichever stands first in the manifest', async () => {
  const { outputs, made } = await provisionStacks({
    App: {
      template: {
        Resources: { A: thing({ Value: { 'Fn::ImportValue': 'Data:ExportsOutputRefT' } }) },
        Outputs: { Url: { Value: 'u' } },
      },
      dependencies: ['Data'],
    },
    Data: {
      template: {
        Resources: { T: thing() },
        Outputs: {
          ExportsOutputRefT: {
            Value: { Ref: 'T' },
            Export: { Name: { 'Fn::Sub': '${AWS::StackName}:ExportsOutputRefT' } },
          },
        },
      },
    },
  });
  expect(made.map(({ stackName }) => stackName)).toEqual(['Data', 'App']);
  expect(made[1]!.properties.Value).toBe('ref-T');
  expect(outputs).toEqual({ ExportsOutputRefT: 'ref-T', Url: 'u' });
});

test('resources without a meaning here still resolve', async () => {
  const Resources = {
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/f', RetentionInDays: 30 } },
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: {} } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: 'Topic' }] } },
  };
  const value = [
    { Ref: 'Logs' },
    { 'Fn::GetAtt': ['Logs', 'Arn'] },
    { 'Fn::GetAtt': ['Key', 'Arn'] },
    { Ref: 'Topic' },
    { 'Fn::GetAtt': ['Alarm', 'Arn'] },
  ];
  expect((await resolved({ Value: value }, { Resources })).Value).toEqual([
    '/aws/lambda/f',
    'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:*',
    expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f-]{36}$/),
    expect.stringMatching(/^arn:aws:sns:us-east-1:000000000000:S-Topic-/),
    expect.stringMatching(/^arn:aws:cloudwatch:us-east-1:000000000000:alarm:S-Alarm-/),
  ]);
});

test('assets are found by key, as directory or as text', () => {
  const directory = directoryOf({
    ...assemblyFiles({
      S: {
        template: { Resources: {} },
        assets: {
          'f.zip': { path: 'asset.f', packaging: 'zip' },
          'm.json': { path: 'asset.m.json', packaging: 'file' },
        },
      },
    }),
    'asset.f/index.js': 'exports.handler = () => {}',
    'asset.m.json': '{"StartAt":"A"}',
  });
  const { assets } = readAssembly(directory);
  expect(assets.directory('f.zip')).toBe(`${directory}/asset.f`);
  expect(assets.text('m.json')).toBe('{"StartAt":"A"}');
  expect(() => assets.directory('m.json')).toThrow(/is a file/);
  expect(() => assets.text('f.zip')).toThrow(/is a directory/);
  expect(() => assets.text('x')).toThrow(/no asset with the key x/);
});

test('stacks of a nested stage are read too, and what is no assembly is refused', () => {
  const nested = Object.entries(assemblyFiles({ S: { template: { Resources: {} } } })).map(([name, file]) => [
    `assembly-Stage/${name}`,
    file,
  ]);
  const directory = directoryOf({
    'manifest.json': {
      version: '55.0.0',
      artifacts: { Stage: { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Stage' } } },
    },
    ...Object.fromEntries(nested),
  });
  expect(readAssembly(directory).stacks.map(({ name }) => name)).toEqual(['S']);
  expect(() => readAssembly(directoryOf({}))).toThrow(/no manifest.json/);
  expect(() => readAssembly(directoryOf(assemblyFiles({})))).toThrow(/holds no stack/);
});

test('two services that provide the same type are a mistake', async () => {
  const handler = { type: 'A', honored: [], ignored: [], provision: () => ({ ref: '', attributes: {} }) };
  const service = { name: 'x', call: async () => ({}), resources: [handler] };
  await expect(
    provisionStacks({ S: { template: { Resources: {} } } }, { services: [service, { ...service, name: 'y' }] }),
  ).rejects.toThrow(/Two services provide A/);
});
