export { startTestApp, TEST_SECRET_KEY, type TestApp } from './test-app.js';
export { startSimulator, type SimulatorProcess } from './simulator-process.js';
