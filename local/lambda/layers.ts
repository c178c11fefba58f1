import { realpathSync } from 'node:fs';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Resource, ResourceHandler } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';

const shape = z.object({
  LayerName: z.string().optional(),
  Content: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
});

/** A layer's name may have 140 characters. */
const LONGEST_NAME = 140;

/** The layers of the template: code that functions share, found by what they require. Each has its first version only. */
export class Layers {
  readonly resource: ResourceHandler;
  readonly #directories = new Map<string, string>();

  constructor(kernel: Kernel, codeDirectory: (bucket: string, key: string) => string) {
    this.resource = {
      type: 'AWS::Lambda::LayerVersion',
      honored: ['LayerName', 'Content.S3Bucket', 'Content.S3Key'],
      ignored: ['Description', 'CompatibleRuntimes', 'CompatibleArchitectures', 'LicenseInfo'],
      provision: (resource: Resource) => {
        const { LayerName, Content } = parseInput(shape, resource.properties);
        const name = LayerName ?? physicalName(resource, LONGEST_NAME);
        const arn = `arn:aws:lambda:${kernel.region}:${kernel.account}:layer:${name}:1`;
        // Node finds packages by their real path, also where the assembly holds a link.
        this.#directories.set(arn, realpathSync(codeDirectory(Content.S3Bucket, Content.S3Key)));
        return { ref: arn, attributes: { LayerVersionArn: arn } };
      },
    };
  }

  /** @throws AwsError `InvalidParameterValueException` if the template has no such layer */
  directory(arn: string): string {
    const found = this.#directories.get(arn);
    if (found === undefined)
      throw new AwsError('InvalidParameterValueException', `Layer version ${arn} does not exist.`);
    return found;
  }
}
