using BenchmarkDotNet.Running;

// -- --filter '*' [--job short]: what single steps of the cell path and of circuits cost, and what they allocate.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
