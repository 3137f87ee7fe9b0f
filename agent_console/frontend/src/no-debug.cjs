// Stands in for the `debug` package in the bundle: SIP messages carry calling numbers, so nothing is ever logged.
const silent = Object.assign(() => undefined, { enabled: false, log: () => undefined });
const factory = Object.assign(() => silent, { enable: () => undefined, disable: () => "" });

// JsSIP asks for it both as CommonJS and as a module's default.
module.exports = Object.assign(factory, { default: factory, __esModule: true });
