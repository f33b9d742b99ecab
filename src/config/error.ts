// One thing that is wrong with a configuration file, and where.

export interface ConfigurationError {
  readonly file: string;
  /** From 1; 0 where the whole file is meant. */
  readonly line: number;
  readonly column: number;
  /** The key, for example 'links[0].peer.port'; empty for the whole file. */
  readonly key: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** `file:line:column: key: message`, as `config check` prints it. */
export function formatConfigurationError(error: ConfigurationError): string {
  const place = error.line === 0 ? error.file : `${error.file}:${error.line}:${error.column}`;
  return error.key === '' ? `${place}: ${error.message}` : `${place}: ${error.key}: ${error.message}`;
}

/** In the order of the file. */
export function errorsInOrder(errors: readonly ConfigurationError[]): readonly ConfigurationError[] {
  return [...errors].sort((a, b) => a.line - b.line || a.column - b.column);
}
