"""How is somebody led through a first game? Steps from the scenario, a strip that tells them, a ring that points."""
