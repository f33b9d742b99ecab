// The walls of the house for the command line: npx depcruise src. The rules are made from floorplan.mjs.
import { rooms, stackWholeImports } from './floorplan.mjs';
import { wallRules } from './test/house/wall-rules.ts';

// biome-ignore lint/style/noDefaultExport: dependency-cruiser wants one
export default {
  forbidden: wallRules({ rooms, stackWholeImports }),
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: 'node_modules',
  },
};
