// The door of the report room: delivery and non-delivery reports, and what the codes in them mean.

export * from './build-report.ts';
export * from './causes.ts';
export * from './code-list.ts';
export * from './codes.ts';
export * from './delivering.ts';
export * from './subject.ts';
