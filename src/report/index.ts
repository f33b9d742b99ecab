
export * from './subject.ts';
