<?php
// What AGI() starts for each call: the tiny conversation in bare PHP, without any library.
while (trim((string) fgets(STDIN)) !== '') {
}
$commands = [
    'GET VARIABLE LANGUAGE',
    'SET VARIABLE DAMRONG_QUEUE p50',
    'VERBOSE "on the way" 1',
    'GET VARIABLE LANGUAGE',
    'SET VARIABLE DAMRONG_NEXT end',
];
foreach ($commands as $command) {
    fwrite(STDOUT, $command . "\n");
    fflush(STDOUT);
    fgets(STDIN);
}
