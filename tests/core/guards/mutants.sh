#!/bin/bash
# Changes the guards, what they look at, the latch and the interlock one operator at a time, and runs their
# tests on each change.
# Usage: mutants.sh FOLDER MUTMUT. Lists the changes that no test noticed; picks up where it was stopped.
set -euo pipefail

folder=$1
mutmut=$(realpath "$2")
checkout=$(cd "$(dirname "$0")/../../.." && pwd)

mkdir -p "$folder"
cd "$folder"
rm -rf soleus tests/core
cp -r "$checkout/firmware/soleus" soleus
mkdir -p tests/core/guards tests/core/sensing
cp "$checkout"/tests/core/{fake_air,shapes,test_interlock}.py tests/core
cp "$checkout"/tests/core/guards/*.py tests/core/guards
cp "$checkout"/tests/core/sensing/test_gauges.py tests/core/sensing
touch tests/{,core/,core/guards/,core/sensing/}__init__.py
cat > setup.cfg << 'CONFIG'
[mutmut]
source_paths=
    soleus
only_mutate=
    soleus/core/guards/guards.py
    soleus/core/guards/pressure.py
    soleus/core/guards/sensors.py
    soleus/core/guards/air.py
    soleus/core/guards/machine.py
    soleus/core/sensing/gauges.py
    soleus/core/sensing/manifold_gauges.py
    soleus/core/sensing/overview.py
    soleus/core/sensing/emptying.py
    soleus/core/basics/faults.py
    soleus/core/interlock.py
also_copy=
    tests
pytest_add_cli_args_test_selection=
    tests/core
pytest_add_cli_args=
    -p
    no:cacheprovider
    -x
    --hypothesis-seed=1
CONFIG

"$mutmut" run
survivors=$("$mutmut" results)
for name in $(sed -n 's/: survived//p' <<< "$survivors"); do
    echo "$name"
    "$mutmut" show "$name" | grep -a '^[+-] '
done
