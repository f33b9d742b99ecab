// The six layers as one object.

import type { Instant } from '../../base/time.ts';
import type {
  AssociationInput,
  AssociationMachine,
  AssociationOptions,
  AssociationOutput,
} from './service.ts';

export class Association implements AssociationMachine {
  readonly #options: AssociationOptions;

  constructor(options: AssociationOptions) {
    this.#options = options;
  }

  handle(_input: AssociationInput, _now: Instant): readonly AssociationOutput[] {
    return [];
  }

  nextTimeout(): Instant | undefined {
    return undefined;
  }

  states(): Readonly<Record<string, string>> {
    return { role: this.#options.role };
  }
}
