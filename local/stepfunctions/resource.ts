import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Resource, ResourceHandler } from '../kernel/kernel.ts';
import type { Machines } from './machines.ts';

const properties = z.object({
  DefinitionString: z.string().optional(),
  DefinitionS3Location: z.object({ Bucket: z.string(), Key: z.string() }).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  RoleArn: z.string(),
  StateMachineName: z.string().optional(),
  StateMachineType: z.enum(['STANDARD', 'EXPRESS']).optional(),
});

/** `AWS::StepFunctions::StateMachine`. Ref is the ARN; attributes Arn, Name, StateMachineRevisionId. */
export function stateMachineHandler(
  machines: Machines,
  readAsset: (bucket: string, key: string) => string,
): ResourceHandler {
  return {
    type: 'AWS::StepFunctions::StateMachine',
    honored: [
      'DefinitionString',
      'DefinitionS3Location.Bucket',
      'DefinitionS3Location.Key',
      'DefinitionSubstitutions',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
    ],
    ignored: ['LoggingConfiguration', 'TracingConfiguration', 'Tags'],
    provision(resource) {
      const given = properties.parse(resource.properties);
      const { DefinitionS3Location: location, DefinitionString: inline } = given;
      if ((location === undefined) === (inline === undefined)) {
        throw new Error(`${resource.logicalId}: needs exactly one of DefinitionString and DefinitionS3Location`);
      }
      const raw = location ? readAsset(location.Bucket, location.Key) : (inline ?? '');
      const row = machines.put({
        name: given.StateMachineName ?? generatedName(resource),
        type: given.StateMachineType ?? 'STANDARD',
        role: given.RoleArn,
        definition: substitute(raw, given.DefinitionSubstitutions ?? {}, resource.logicalId),
        source: 'template',
      });
      return { ref: row.arn, attributes: { Arn: row.arn, Name: row.name, StateMachineRevisionId: row.revision } };
    },
  };
}

/**
 * Plain text replacement, as CloudFormation does it, before the JSON is read.
 * @throws Error for a placeholder that has no value
 */
export function substitute(raw: string, values: Record<string, string | number | boolean>, logicalId: string): string {
  return raw.replace(/\$\{([A-Za-z0-9_-]+)\}/g, (_placeholder, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`${logicalId}: the definition has \${${name}}, DefinitionSubstitutions has not`);
    return String(value);
  });
}

/** CloudFormation appends random letters; ours come from the names, so that a restart finds the machine again. */
function generatedName({ stackName, logicalId }: Resource): string {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 8);
  return `${logicalId.slice(0, 80 - suffix.length - 1)}-${suffix}`;
}
