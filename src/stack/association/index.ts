// The door of the association: the class and the types of its service.

export { Association } from './association.ts';
export type * from './service.ts';
