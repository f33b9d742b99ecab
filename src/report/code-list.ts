// The reason and diagnostic codes as lists, for people who look one up: in the order of their numbers, each
// with its meaning and with the causes of ours that are reported with it. Pure; made from the tables.

import { nonDeliveryDiagnosticCodes, nonDeliveryReasonCodes } from '../p1/index.ts';
import { type NonDeliveryCause, nonDeliveryCauses } from './causes.ts';
import { type CodeDescription, describeDiagnostic, describeReason } from './codes.ts';
import type { NonDelivery } from './subject.ts';

export interface ListedCode extends CodeDescription {
  readonly kind: 'reason' | 'diagnostic';
  /** The causes for which this MTA gives the code. */
  readonly causes: readonly NonDeliveryCause[];
}

const causes = Object.entries(nonDeliveryCauses) as readonly (readonly [NonDeliveryCause, NonDelivery])[];

export const reasonList: readonly ListedCode[] = inOrder(
  (Object.keys(nonDeliveryReasonCodes) as (keyof typeof nonDeliveryReasonCodes)[]).map((name) => ({
    kind: 'reason',
    ...describeReason(name),
    causes: causes.filter(([, { reason }]) => reason === name).map(([cause]) => cause),
  })),
);

export const diagnosticList: readonly ListedCode[] = inOrder(
  (Object.keys(nonDeliveryDiagnosticCodes) as (keyof typeof nonDeliveryDiagnosticCodes)[]).map((name) => ({
    kind: 'diagnostic',
    ...describeDiagnostic(name),
    causes: causes.filter(([, { diagnostic }]) => diagnostic === name).map(([cause]) => cause),
  })),
);

/**
 * What is meant by a number (a reason, a diagnostic, or both), by 'REASON/DIAGNOSTIC' as tracking writes it,
 * or by a name, upper and lower case alike. Empty if nothing is.
 */
export function findCodes(text: string): readonly ListedCode[] {
  const pair = /^(\d+)\/(\d+)$/.exec(text);
  const [reasons, diagnostics] = pair === null ? [text, text] : [pair[1], pair[2]];
  const found = [...meant(reasonList, reasons), ...meant(diagnosticList, diagnostics)];
  return pair === null || found.length === 2 ? found : [];
}

function meant(codes: readonly ListedCode[], text: string): readonly ListedCode[] {
  const name = text.toLowerCase();
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  return codes.filter((code) => code.number === number || code.name.toLowerCase() === name);
}

function inOrder(codes: readonly ListedCode[]): readonly ListedCode[] {
  return codes.toSorted((a, b) => a.number - b.number);
}

/** The text of docs/report-codes.md. */
export function codeReference(): string {
  const rows = (codes: readonly ListedCode[]): string =>
    codes
      .map(
        ({ number, name, meaning, causes: of }) => `| ${number} | ${name} | ${meaning} | ${of.join(', ')} |`,
      )
      .join('\n');
  const head = '| code | name | meaning | given here for |\n|---|---|---|---|';
  const given = causes.map(([cause, { reason, diagnostic }]) => {
    const said = diagnostic === undefined ? '–' : `${describeDiagnostic(diagnostic).number} ${diagnostic}`;
    return `| ${cause} | ${describeReason(reason).number} ${reason} | ${said} |`;
  });
  return `# Codes of non-delivery reports

What the reason and the diagnostic of a non-delivery report mean (X.411 06/1999, 8.3.1.2.1.10 and .11).
Tracking writes them as \`REASON/DIAGNOSTIC\`. The same by command: \`chappe codes\`,
\`chappe codes 1/7\`. This page is made from \`src/report/codes.ts\` and \`src/report/causes.ts\`.

## Reasons

${head}
${rows(reasonList)}

## Diagnostics

${head}
${rows(diagnosticList)}

## What this MTA gives, and when

| cause | reason | diagnostic |
|---|---|---|
${given.join('\n')}
`;
}
