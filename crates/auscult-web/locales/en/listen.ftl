# listen
