"""`python -m labsim`: the same command as `labsim`."""

if __name__ == "__main__":
    from labsim.cli import main

    raise SystemExit(main())
