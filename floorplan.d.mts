// The types of floorplan.mjs, which is plain JavaScript so that every tool can read it.

export interface Room {
  readonly room: string;
  readonly what: string;
  readonly io: boolean;
}

export declare const rooms: readonly Room[];
export declare const stackWholeImports: readonly string[];
