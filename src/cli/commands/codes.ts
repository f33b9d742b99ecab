// chappe codes: what the reason and diagnostic codes of reports mean. Needs no MTA.

import { diagnosticList, findCodes, type ListedCode, reasonList } from '../../report/index.ts';
import type { CommandContext, CommonOptions } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { fields, report, table } from '../output.ts';

export async function codes(
  { terminal }: CommandContext,
  code: string | undefined,
  options: CommonOptions,
): Promise<number> {
  const found = code === undefined ? [...reasonList, ...diagnosticList] : findCodes(code);
  if (found.length === 0) {
    const detail = `no reason and no diagnostic of X.411 is "${code}": \`chappe codes\` lists them all`;
    throw new CommandFailure(detail, 'not-found');
  }
  const text = (): string => (code === undefined ? listText() : found.map(codeText).join('\n\n'));
  await report(terminal, options, { json: found, text });
  return exitCodes.success;
}

function listText(): string {
  const rows = (list: readonly ListedCode[]): string[][] =>
    list.map(({ number, name, meaning }) => [String(number), name, meaning]);
  const reasons = table(['REASON', 'NAME', 'MEANING'], rows(reasonList));
  return `${reasons}\n\n${table(['DIAGNOSTIC', 'NAME', 'MEANING'], rows(diagnosticList))}`;
}

function codeText({ kind, number, name, meaning, causes }: ListedCode): string {
  return fields([
    [kind, number],
    ['name', name],
    ['meaning', meaning],
    ['given here for', causes.length === 0 ? 'nothing; it may come from others' : causes.join(', ')],
  ]);
}
