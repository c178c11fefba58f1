import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { paths } from '../paths.ts';
import type { Settings } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';
import type { Alarms } from './alarms.ts';
import type { BatutaFunction } from './batuta-function.ts';

export interface WorkflowProps {
  settings: Settings;
  /** File in state-machines/ without `.asl.json`. */
  name: string;
  /** All steps there are, by construct name: `ReserveStock`. */
  steps: ReadonlyMap<string, BatutaFunction>;
  alarms: Alarms;
}

/** A state machine from its ASL file. It may invoke the functions that the file names, start itself if the file says so, and nothing else. */
export class Workflow extends Construct {
  readonly machine: StateMachine;

  /** @throws Error if the file is missing or names a function that is no step */
  constructor(scope: Construct, id: string, { settings, name, steps, alarms }: WorkflowProps) {
    super(scope, id);
    const file = definitionFile(name);
    const used = substitutionsIn(readFileSync(file, 'utf8')).map((substitution) => {
      const step = steps.get(substitution.replace(/Function$/, ''));
      if (!step || !substitution.endsWith('Function')) {
        throw new Error(`state-machines/${name}.asl.json: \${${substitution}} is no function of functions/steps`);
      }
      return { substitution, arn: step.lambda.functionArn };
    });
    const express = settings.workflows === 'express';
    // A machine cannot change its type. The new one has another name, so that CloudFormation can make it before it deletes the old one.
    const machineName = `batuta-${settings.stage}-${name}${express ? '-express' : ''}`;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What ${machineName} may do`,
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: used.map(({ arn }) => arn) }),
    );
    if (goesOnByItself(file)) {
      // By its name: a reference to the machine would make its role wait for it, and it waits for its role.
      const itself = {
        service: 'states',
        resource: 'stateMachine',
        resourceName: machineName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      };
      role.addToPrincipalPolicy(
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [Stack.of(this).formatArn(itself)] }),
      );
    }
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: machineName,
      stateMachineType: express ? StateMachineType.EXPRESS : StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(file),
      definitionSubstitutions: Object.fromEntries(used.map(({ substitution, arn }) => [substitution, arn])),
      role,
      tracingEnabled: true,
      // Inputs and results hold ids and amounts, never personal data: they may stand in the log. An express machine has no other history.
      logs: { destination: this.#logGroup(machineName), level: LogLevel.ALL, includeExecutionData: true },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'Log delivery and X-Ray have no resources to name: their actions take only "*".',
    });
    this.#alarm(alarms, name);
  }

  #logGroup(machineName: string): LogGroup {
    return new LogGroup(this, 'Logs', {
      // AWS's prefix for delivered logs: without it each machine grows a resource policy that is limited to 5,120 characters.
      logGroupName: `/aws/vendedlogs/states/${machineName}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  #alarm(alarms: Alarms, name: string): void {
    const period = Duration.minutes(5);
    alarms.add({
      name: `${name}-failed`,
      meaning: `An execution of ${name} failed: its order is parked with an open exception and waits for an operator.`,
      metric: new MathExpression({
        label: 'Executions that failed or ran out of time',
        expression: 'FILL(failed, 0) + FILL(timedOut, 0)',
        usingMetrics: {
          failed: this.machine.metricFailed({ period }),
          timedOut: this.machine.metricTimedOut({ period }),
        },
        period,
      }),
      threshold: 0,
    });
  }
}

/** @returns the names of the `${…}` placeholders of a definition, each once, in the order of the alphabet */
export function substitutionsIn(definition: string): string[] {
  return [...new Set([...definition.matchAll(/\$\{([A-Za-z0-9_]+)\}/g)].map(([, name]) => name!))].sort();
}

/** Does it hand what is left to another execution of its own? */
const goesOnByItself = (file: string): boolean =>
  readFileSync(file, 'utf8').includes('"arn:aws:states:::states:startExecution"');

function definitionFile(name: string): string {
  const file = join(paths.stateMachines, `${name}.asl.json`);
  if (!existsSync(file)) throw new Error(`state-machines/${name}.asl.json is missing`);
  return file;
}
