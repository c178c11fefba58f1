import * as z from 'zod';

const value = z.unknown();

/** The sections of a CloudFormation template. Strict: a section or resource attribute that is not listed is refused. */
export const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: value.optional(),
  Parameters: z
    .record(
      z.string(),
      z.strictObject({
        Type: z.string(),
        Default: z.union([z.string(), z.number()]).optional(),
        AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
        AllowedPattern: z.string().optional(),
        MinLength: z.coerce.number().optional(),
        MaxLength: z.coerce.number().optional(),
        MinValue: z.coerce.number().optional(),
        MaxValue: z.coerce.number().optional(),
        ConstraintDescription: z.string().optional(),
        Description: z.string().optional(),
        NoEcho: z.union([z.boolean(), z.string()]).optional(),
      }),
    )
    .default({}),
  // Rules check parameters before a deploy. The one that CDK adds asks for a bootstrapped account.
  Rules: z.strictObject({ CheckBootstrapVersion: value.optional() }).optional(),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), value))).default({}),
  Conditions: z.record(z.string(), value).default({}),
  Resources: z.record(
    z.string(),
    z.strictObject({
      Type: z.string(),
      Properties: z.record(z.string(), value).default({}),
      DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
      Condition: z.string().optional(),
      Metadata: value.optional(),
      // What happens to the data when the resource leaves the template. Nothing is ever deleted here.
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
    }),
  ),
  Outputs: z
    .record(
      z.string(),
      z.strictObject({
        Value: value,
        Description: value.optional(),
        Condition: z.string().optional(),
        Export: z.strictObject({ Name: value }).optional(),
      }),
    )
    .default({}),
});

export type Template = z.infer<typeof templateSchema>;
export type TemplateResource = Template['Resources'][string];
