"""What AGI() starts for each call: the tiny conversation in bare Python, without any library."""

import sys

while sys.stdin.readline().strip():
    pass
for command in (
    "GET VARIABLE LANGUAGE",
    "SET VARIABLE DAMRONG_QUEUE p50",
    'VERBOSE "on the way" 1',
    "GET VARIABLE LANGUAGE",
    "SET VARIABLE DAMRONG_NEXT end",
):
    sys.stdout.write(command + "\n")
    sys.stdout.flush()
    sys.stdin.readline()
