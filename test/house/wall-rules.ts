// The walls between rooms as rules for dependency-cruiser, made from the floor plan. The corridor is one way;
// a stack room sees only the service of another; a room is entered by its door; a pure room reaches neither
// the runtime nor a package; nothing goes in a circle. Tests beside a room's files may look into other rooms.

import type { Room } from '../../floorplan.mjs';

export interface FloorPlan {
  readonly rooms: readonly Room[];
  readonly stackWholeImports: readonly string[];
}

interface Side {
  path?: string;
  pathNot?: string[];
  dependencyTypes?: string[];
  circular?: boolean;
}

/** One rule in dependency-cruiser's own form. */
export interface WallRule {
  name: string;
  comment: string;
  severity: 'error';
  from: Side;
  to: Side;
}

const mainFile = '^src/main[.]ts$';
const tests = '[.]test[.]ts$';
const doors = ['index', 'port', 'ports'];

/** Every rule that the floor plan implies. */
export function wallRules(plan: FloorPlan): WallRule[] {
  return [
    ...corridorRules(plan),
    ...doorRules(plan),
    ...stackRules(plan),
    ...pureRules(plan),
    ...generalRules(),
  ];
}

/** A room imports only from rooms above it in the floor plan. */
function corridorRules({ rooms }: FloorPlan): WallRule[] {
  return rooms.slice(0, -1).map(({ room }, index) =>
    rule(`corridor: ${room}`, `${room} imports only from rooms above it`, {
      from: { path: inside(room), pathNot: [tests] },
      to: { path: oneOf(rooms.slice(index + 1).map((below) => below.room)) },
    }),
  );
}

/** A room outside the stack is entered by its door; `base` and `asn1` subfolders have none to pass by. */
function doorRules({ rooms }: FloorPlan): WallRule[] {
  return rooms
    .filter(({ room }) => !isStack(room) && room !== 'base')
    .map(({ room }) =>
      rule(`door: ${room}`, `${room} is entered by its index or its port`, {
        from: { path: '^src/', pathNot: [inside(room), tests, mainFile] },
        to: { path: inside(room), pathNot: doorsOf(room) },
      }),
    );
}

/** The room's own door, and those of the adapters in its subfolders. */
function doorsOf(room: string): string[] {
  return [...doors.map((name) => `^src/${room}/${name}[.]ts$`), `^src/${room}/[^/]+/index[.]ts$`];
}

/** Layers know the service of a layer, never its protocol. */
function stackRules({ rooms, stackWholeImports }: FloorPlan): WallRule[] {
  const stack = rooms.map(({ room }) => room).filter(isStack);
  const layers = stack.filter((room) => !stackWholeImports.includes(room));
  const free = stack.filter((room) => stackWholeImports.includes(room));
  const between = layers.map((room) =>
    rule(`service: ${room}`, `${room} knows only the services of other layers`, {
      from: { path: inside(room), pathNot: [tests] },
      to: { path: oneOf(layers.filter((other) => other !== room)), pathNot: ['/service[.]ts$'] },
    }),
  );
  const whole = rule('service: outside', 'outside the stack only the association is known', {
    from: { path: '^src/', pathNot: ['^src/stack/', tests] },
    to: { path: oneOf(layers), pathNot: ['/service[.]ts$'] },
  });
  return free.length === stack.length ? [] : [...between, whole];
}

/** A room without I/O imports nothing of the runtime and no package. */
function pureRules({ rooms }: FloorPlan): WallRule[] {
  const pure = rooms.filter(({ io }) => !io).map(({ room }) => room);
  return [
    rule('pure: runtime', 'a room without I/O imports no module of the runtime', {
      from: { path: oneOf(pure), pathNot: [tests] },
      to: { dependencyTypes: ['core'] },
    }),
    rule('pure: packages', 'a room without I/O imports no package', {
      from: { path: oneOf(pure), pathNot: [tests] },
      to: { path: 'node_modules' },
    }),
  ];
}

function generalRules(): WallRule[] {
  return [
    rule('circle', 'no circles', { from: {}, to: { circular: true } }),
    rule('main', 'only the entry imports the composition root', {
      from: { path: '^src/', pathNot: [mainFile, tests] },
      to: { path: mainFile },
    }),
    rule('tests', 'the program imports no test', {
      from: { path: '^src/', pathNot: [tests] },
      to: { path: `${tests}|^(test|bench)/` },
    }),
    rule('development', 'the program imports no development dependency', {
      from: { path: '^src/', pathNot: [tests] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    }),
  ];
}

function rule(name: string, comment: string, sides: { from: Side; to: Side }): WallRule {
  return { name, comment, severity: 'error', ...sides };
}

function isStack(room: string): boolean {
  return room.startsWith('stack/');
}

function inside(room: string): string {
  return `^src/${room}/`;
}

function oneOf(rooms: readonly string[]): string {
  return `^src/(${rooms.join('|')})/`;
}
